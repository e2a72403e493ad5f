import { learning } from "./de/learning.ts";
import { problems } from "./de/problems.ts";
import { teaching } from "./de/teaching.ts";
import type { TextId } from "./en.ts";

export const de: Record<TextId, string> = { ...learning, ...problems, ...teaching };
