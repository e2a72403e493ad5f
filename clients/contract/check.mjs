// Lints the contract with the recommended rules of Redocly and of Spectral. Then compiles the clients that
// openapi-typescript, hey-api and orval make from it, with strict TypeScript and with the bodies that README.md sends.
// Exits with 1 if there is an error, or a warning that is not listed.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, "..", "..");
const python = process.env.PYTHON ?? join(project, ".venv", "bin", "python");
const build = join(here, "build");
const EXPECTED = new Set([
  "info-license", // the project has no licence yet
  "info-contact",
  "asyncapi-info-license",
  "asyncapi-info-contact",
  "asyncapi-latest-version", // generators read AsyncAPI 3.0
  "operation-4xx-response", // the routes of the contract itself, which anybody may read
]);

function run(command, ...args) {
  return spawnSync(join(here, "node_modules", ".bin", command), args, { cwd: here, encoding: "utf8", maxBuffer: 1 << 26 });
}

function must(done, what) {
  if (done.status !== 0) {
    console.error(`${what} failed:\n${done.stdout}\n${done.stderr}`);
    process.exit(1);
  }
}

function findings(rules, where) {
  for (const rule of rules) {
    if (EXPECTED.has(rule)) continue;
    console.error(`${where} reports ${rule}`);
    process.exitCode = 1;
  }
  console.log(`${where}: ${rules.length} findings, all of them listed: ${[...new Set(rules)].join(", ") || "none"}`);
}

/** The bodies that README.md sends with curl, each typed as the body of its request. */
function bodiesOfReadme() {
  const openapi = JSON.parse(readFileSync(join(build, "openapi.json"), "utf8"));
  const text = readFileSync(join(project, "README.md"), "utf8").replaceAll("\\\n", " ");
  const sent = [...text.matchAll(/\$API(\/api\/[\w/$-]+)[^\n]*?-d\s+(?:'([^']*)'|"((?:[^"\\]|\\.)*)")/gs)];
  if (sent.length < 4) throw new Error("README.md sends fewer bodies than it did");
  const lines = sent.map(([, path, plain, quoted], at) => {
    const body = plain ?? quoted.replaceAll('\\"', '"').replace(/\$\([^)]*\)/g, "1");
    const fits = (template) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
    const template = Object.keys(openapi.paths).find(fits);
    return `export const body${at}: Exclude<paths["${template}"]["post"]["requestBody"], undefined>["content"]["application/json"] = ${body};`;
  });
  return `import type { paths } from "./rest";\n${lines.join("\n")}\n`;
}

rmSync(build, { recursive: true, force: true });
mkdirSync(build);
for (const name of ["openapi", "asyncapi"]) {
  const printed = execFileSync(python, ["-m", "docs.print_contract", name], { cwd: project, maxBuffer: 1 << 26 });
  writeFileSync(join(build, `${name}.json`), printed);
}

const redocly = run("redocly", "lint", "--extends=recommended", "--format=json", "build/openapi.json");
findings(JSON.parse(redocly.stdout).problems.map((one) => one.ruleId), "Redocly");
writeFileSync(join(build, "spectral.yaml"), 'extends: ["spectral:oas", "spectral:asyncapi"]\n');
const spectral = run("spectral", "lint", "-r", "build/spectral.yaml", "-f", "json", "--quiet", "build/openapi.json", "build/asyncapi.json");
findings(JSON.parse(spectral.stdout).map((one) => one.code), "Spectral");

must(run("openapi-typescript", "build/openapi.json", "-o", "build/typescript/rest.ts"), "openapi-typescript");
writeFileSync(join(build, "typescript", "readme.ts"), bodiesOfReadme());
must(run("openapi-ts", "-i", "./build/openapi.json", "-o", "./build/hey-api", "-c", "@hey-api/client-fetch"), "hey-api");
must(run("orval", "--input", "./build/openapi.json", "--output", "./build/orval/client.ts", "--client", "fetch"), "orval");
writeFileSync(
  join(build, "tsconfig.json"),
  JSON.stringify({
    compilerOptions: {
      strict: true, target: "ES2022", module: "ESNext", moduleResolution: "Bundler", noEmit: true, skipLibCheck: true,
      lib: ["ES2022", "DOM", "DOM.Iterable"], types: [],
    },
    include: readdirSync(build).filter((one) => !one.includes(".")),
  }),
);
must(run("tsc", "-p", "build/tsconfig.json"), "The compiler");
console.log("openapi-typescript, hey-api and orval: generated and compiled, with the bodies of README.md");
