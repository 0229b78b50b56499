// A process that writes what it is given, as base64, so that a test can show that it would be seen.
process.stdout.write(Buffer.from(process.argv[2] ?? '', 'base64'));
process.send?.({ ready: true });
setInterval(() => undefined, 60_000);
