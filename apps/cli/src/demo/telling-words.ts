/** Words of a text that are worth looking for in a database: shorter ones could turn up by chance in a random id. */
export const tellingWords = (text: string): readonly string[] => text.match(/\p{L}{6,}/gu) ?? [];
