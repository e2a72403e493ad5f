import { expect, expectTypeOf, test } from "vitest";
import { LyceumError, type Called, type CodeOf, type ErrorCode, type SocketCode } from "../src/index.ts";
import { REFUSALS, SOCKET_REFUSALS } from "../src/generated/facts.ts";
import { rest } from "./learner.ts";

interface Response {
  content?: Record<string, { schema: { allOf?: [unknown, { properties: { error: { properties: { code: { enum: string[] } } } } }] } }>;
}
interface Contract {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
}

/** The codes that the running server's own contract lists, by request. */
async function listed(): Promise<Record<string, string[]>> {
  const { paths } = (await rest().get("/api/openapi.json", {})) as unknown as Contract;
  const found: Record<string, string[]> = {};
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      found[`${method.toUpperCase()} ${path}`] = Object.entries(responses)
        .filter(([status]) => status >= "400")
        .flatMap(([, response]) => response.content?.["application/json"]?.schema.allOf?.[1].properties.error.properties.code.enum ?? [])
        .sort();
    }
  }
  return found;
}

test("every code of every request that the server lists is typed, and no other", async () => {
  const contract = await listed();
  const onLaptop = Object.keys(contract).filter((called) => !(called in REFUSALS));
  expect(onLaptop.filter((called) => !called.includes("/local/"))).toEqual([]);
  for (const [called, codes] of Object.entries(REFUSALS)) expect([called, [...codes].sort()]).toEqual([called, contract[called]]);
  expectTypeOf<Called>().toEqualTypeOf<keyof typeof REFUSALS>();
  expectTypeOf<CodeOf>().toEqualTypeOf<(typeof REFUSALS)[Called][number] | "connection_failed">();
});

test("every code of the WebSocket that the server lists is typed, and no other", async () => {
  const asyncapi = (await rest().get("/api/asyncapi.json", {})) as unknown as {
    components: { schemas: { ErrorMessage: { properties: { code: { enum: string[] } } } } };
  };
  expect([...SOCKET_REFUSALS]).toEqual(asyncapi.components.schemas.ErrorMessage.properties.code.enum);
  expectTypeOf<SocketCode>().toEqualTypeOf<(typeof SOCKET_REFUSALS)[number] | "connection_failed">();
  expectTypeOf<LyceumError["code"]>().toEqualTypeOf<ErrorCode>();
});

test("an error has its code, and is typed by the request", async () => {
  const refused = await rest().get("/api/files/{file_id}", { path: { file_id: "nothing" } }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LyceumError);
  expect(refused).toMatchObject({ status: 404, code: "file_not_found", field: null, isMomentary: false });
  expect((refused as LyceumError).requestId).toBeTruthy();
  expect((refused as LyceumError).is<"GET /api/files/{file_id}">("file_not_found")).toBe(true);
  expect((refused as LyceumError).is("voice_unavailable", "quiz_not_found")).toBe(false);
  expectTypeOf<"file_not_found">().toExtend<CodeOf<"GET /api/files/{file_id}">>();
  expectTypeOf<"quiz_not_found">().not.toExtend<CodeOf<"GET /api/files/{file_id}">>();
  expectTypeOf<string>().not.toExtend<ErrorCode>();
});
