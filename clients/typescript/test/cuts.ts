// Connections that are lost at a chosen message.
import { Socket, type Rest } from "../src/index.ts";
import { briefly, open } from "./learner.ts";

export const CUTS = ["before it is sent", "after it is sent", "before it is received", "after it is received"] as const;
export type Cut = (typeof CUTS)[number];

/** A socket whose connection is lost once: at message number `at` (from 1) in the direction of the cut. */
export function cutting(rest: Rest, cut: Cut, at: number, opened = open): { made: Socket; wasCut: () => boolean } {
  let left = at;
  const isIt = (direction: "sent" | "received"): boolean => cut.endsWith(direction) && (left -= 1) === 0;
  const made = new Socket(rest, {
    sleep: briefly,
    open: (url) => {
      const real = opened(url);
      const send = real.send.bind(real);
      real.send = (data: string) => {
        const isHere = isIt("sent");
        if (!isHere || cut.startsWith("after")) send(data);
        if (isHere) real.close();
      };
      return new Proxy(real, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? (value as () => unknown).bind(target) : value;
        },
        set: (target, name, value: ((event: MessageEvent) => void) | null) => {
          if (name !== "onmessage" || value === null) return Reflect.set(target, name, value, target);
          target.onmessage = (event) => {
            const isHere = isIt("received");
            if (!isHere || cut.startsWith("after")) value(event);
            if (!isHere) return;
            target.onmessage = null; // what was on its way is lost too
            target.close();
          };
          return true;
        },
      });
    },
  });
  return { made, wasCut: () => left <= 0 };
}
