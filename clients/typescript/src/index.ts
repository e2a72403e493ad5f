export { LyceumError, type Called, type CodeOf, type ErrorCode, type SocketCode } from "./errors.ts";
export type { components } from "./generated/rest.ts";
export { Interview, type InterviewMessage, type InterviewSummary, type NotUnderstood, type ResponseProcessed } from "./interview.ts";
export { pageOptions, queryOptions } from "./queries.ts";
export { Recorder, speak } from "./recorder.ts";
export { Rest, type AnswerOf, type InitOf, type PathOf, type RestOptions } from "./rest.ts";
export { Socket, type ChatDone, type Pushed, type Sent, type SocketOptions } from "./socket.ts";
export { upload, waitForDocument, type Document, type UploadOptions } from "./uploads.ts";
