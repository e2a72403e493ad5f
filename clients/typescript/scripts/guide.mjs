// Writes test/generated/guide.ts and guide-chat.tsx from the snippets of docs/frontend.md, so that tests check and run them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const client = join(import.meta.dirname, "..");
const text = readFileSync(join(client, "..", "..", "docs", "frontend.md"), "utf8");
const HEAD = "// Made by `npm run generate` from docs/frontend.md. Do not edit.\n";
const ADDRESS = '"http://127.0.0.1:8000"';

/** The snippets of the language, joined, with the imports first and the client's own sources in place of the package. */
function program(language) {
  const snippets = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, snippet]) => snippet);
  const lines = snippets.join("\n").split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  const rest = lines.filter((line) => !line.startsWith("import "));
  const joined = [...imports, ...rest].join("\n");
  return joined.replaceAll('"@lyceum/client/chat-transport"', '"../../src/chat-transport.ts"').replaceAll('"@lyceum/client"', '"../../src/index.ts"');
}

const script = program("ts");
if (!script.includes(ADDRESS)) throw new Error(`docs/frontend.md names no server: ${ADDRESS}`);
const names = [...script.matchAll(/^(?:const|let|async function|function) (\w+)/gm)].map(([, name]) => name);
const folder = join(client, "test", "generated");
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, "guide.ts"),
  `${HEAD}import { inject } from "vitest";\n${script.replace(ADDRESS, 'inject("url")')}\nexport { ${names.join(", ")} };\n`,
);
writeFileSync(join(folder, "guide-chat.tsx"), HEAD + program("tsx"));
