/** `npm run vectors -- DIR`: checks the vector files of a folder. Exits with 1 when anything fails. */
import { checkFolder } from './check-folder.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run vectors -- DIR');
  process.exitCode = 2;
} else {
  const { passed, failed } = await checkFolder(folder, (line) => console.log(line));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
