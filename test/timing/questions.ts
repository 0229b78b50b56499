import type { Question } from './question.js';
import { questionAboutAliases } from './question-about-aliases.js';
import { questionAboutPresence, questionInConversation } from './question-in-conversation.js';
import { questionAboutNumbers } from './question-about-numbers.js';
import { questionsAboutPeople } from './questions-about-people.js';
import type { TimingField } from './timing-field.js';

export const questionsOf = (field: TimingField): readonly Question[] => [
  ...questionsAboutPeople(field),
  questionInConversation(field),
  questionAboutPresence(field),
  questionAboutNumbers(field),
  questionAboutAliases(field),
];
