import { learning } from "./en/learning.ts";
import { teaching } from "./en/teaching.ts";

export const en = { ...learning, ...teaching };
export type TextId = keyof typeof en;
