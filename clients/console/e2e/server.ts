// Starts a real server, which serves the built console.
import { freePorts, serve } from "../../typescript/test/serving.ts";

export { python } from "../../typescript/test/serving.ts";

export default async function setup(): Promise<() => Promise<void>> {
  const [hostedPort] = await freePorts(1);
  const { url, stop } = await serve({ LYCEUM_ALLOWED_ORIGINS: `http://127.0.0.1:${hostedPort}` });
  process.env["HOSTED_PORT"] = `${hostedPort}`;
  process.env["LYCEUM_URL"] = url;
  return stop;
}
