import { learning } from "./en/learning.ts";
import { problems } from "./en/problems.ts";
import { teaching } from "./en/teaching.ts";

export const en = { ...learning, ...problems, ...teaching };
export type TextId = keyof typeof en;
