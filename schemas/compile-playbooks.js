// Writes dist/playbooks.json, so that the program need not read and check the built-in playbooks each time it starts.
import { writeFile } from 'node:fs/promises';
import { formatCompiledPlaybooks } from '../dist/playbook/compiled-playbooks.js';
import { builtinPlaybookDir, readPlaybookFiles } from '../dist/playbook/load-playbooks.js';

const read = await readPlaybookFiles(builtinPlaybookDir());
await writeFile(new URL('../dist/playbooks.json', import.meta.url), await formatCompiledPlaybooks(read));
