import { openStore } from '../../services/storage/open.ts';

// A process that opens the store whose URL it is given, and ends.
await (await openStore(process.argv[2] ?? '')).close();
