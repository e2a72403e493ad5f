// Writes src/generated/* from the contract that the server describes: `npm run generate`.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, "..", "..", "..");
const folder = process.argv[2] ?? join(here, "..", "src", "generated");
const python = process.env.PYTHON ?? join(project, ".venv", "bin", "python");
const OPTIONS = { defaultNonNullable: false }; // a value with a default need not be sent
const HEAD = "// Made by `npm run generate` from the server's contract. Do not edit.\n";

function contract(name) {
  const printed = execFileSync(python, ["-m", "docs.print_contract", name], {
    cwd: project,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed.toString("utf8"));
}

const openapi = contract("openapi");
const asyncapi = contract("asyncapi");
const repeatable = [];
const refusals = [];
const pushed = [];
const sent = [];
for (const [path, operations] of Object.entries(openapi.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    const called = `${method.toUpperCase()} ${path}`;
    if (operation.parameters?.some((one) => one.name === "Idempotency-Key")) repeatable.push(called);
    const own = [];
    for (const [status, response] of Object.entries(operation.responses)) {
      if (status < "400") continue;
      own.push(...response.content["application/json"].schema.allOf[1].properties.error.properties.code.enum);
      delete operation.responses[status]; // the type of an error is the same for all: its codes are listed here
    }
    refusals.push([called, own.sort()]);
  }
}
for (const [name, list] of [["send", sent], ["push", pushed]]) {
  for (const message of asyncapi.operations[name].messages) {
    const key = message.$ref.split("/").pop();
    list.push(asyncapi.components.messages[key].payload.$ref.split("/").pop());
  }
}
const messages = { openapi: "3.1.0", info: asyncapi.info, paths: {}, components: { schemas: asyncapi.components.schemas } };
const union = (names) => names.map((name) => `components["schemas"]["${name}"]`).join("\n  | ");

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "rest.ts"), HEAD + astToString(await openapiTS(openapi, OPTIONS)));
writeFileSync(
  join(folder, "messages.ts"),
  HEAD +
    astToString(await openapiTS(messages, OPTIONS)) +
    `\n/** What a client sends over the WebSocket. */\nexport type Sent =\n  | ${union(sent)};\n` +
    `\n/** What a client receives over the WebSocket. */\nexport type Pushed =\n  | ${union(pushed)};\n`,
);
const socketCodes = asyncapi.components.schemas.ErrorMessage.properties.code.enum;
writeFileSync(
  join(folder, "facts.ts"),
  HEAD +
    `/** The codes with which the server refuses each request, and those of its faults. */\nexport const REFUSALS = {\n${refusals
      .map(([called, codes]) => `  ${JSON.stringify(called)}: ${JSON.stringify(codes)},\n`)
      .join("")}} as const;\n` +
    `\n/** The codes of the WebSocket's \`error\` messages. */\nexport const SOCKET_REFUSALS = ${JSON.stringify(socketCodes, null, 2)} as const;\n` +
    `\n/** The requests that take an Idempotency-Key, and so can be repeated. */\nexport const REPEATABLE: ReadonlySet<string> = new Set(${JSON.stringify(repeatable.sort(), null, 2)});\n`,
);
