import { useQuery } from "@tanstack/react-query";
import * as pdfjs from "pdfjs-dist";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";

pdfjs.GlobalWorkerOptions.workerSrc = worker;
const WIDEST = 820;

/** One page of the PDF as it looks, with the quote marked, and with its text for screen readers. */
export default function PdfPage({ fileId, page, quote }: { fileId: string; page: number; quote: string }) {
  const { rest } = useSession();
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (!frame.current) return undefined;
    const sizes = new ResizeObserver(([size]) => size && setWidth(Math.min(Math.floor(size.contentRect.width), WIDEST)));
    sizes.observe(frame.current);
    return () => sizes.disconnect();
  }, []);
  const file = useQuery({
    queryKey: ["pdf", fileId],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { url } = await rest.get("/api/files/{file_id}/download-url", { path: { file_id: fileId } });
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  });
  useEffect(() => {
    if (!file.data || !width || !canvas.current || !layer.current) return undefined;
    const [surface, words] = [canvas.current, layer.current];
    const loading = pdfjs.getDocument({ data: file.data.slice() });
    let isStopped = false;
    setError(null);
    const draw = async (): Promise<void> => {
      const shown = await (await loading.promise).getPage(page);
      const scale = width / shown.getViewport({ scale: 1 }).width;
      const viewport = shown.getViewport({ scale });
      const density = devicePixelRatio || 1;
      surface.width = viewport.width * density;
      surface.height = viewport.height * density;
      surface.style.aspectRatio = `${viewport.width} / ${viewport.height}`;
      await shown.render({ canvas: surface, viewport: shown.getViewport({ scale: scale * density }) }).promise;
      if (isStopped) return;
      words.replaceChildren();
      words.style.setProperty("--total-scale-factor", String(scale));
      const text = new pdfjs.TextLayer({ textContentSource: await shown.getTextContent(), container: words, viewport });
      await text.render();
      if (!isStopped) markQuote(text, quote);
    };
    draw().catch((failed: unknown) => isStopped || setError(failed));
    return () => {
      isStopped = true;
      void loading.destroy();
    };
  }, [file.data, page, quote, width]);
  return (
    <div className="pdf" ref={frame}>
      <Problem error={error ?? file.error} />
      <canvas ref={canvas} aria-hidden="true" />
      <div ref={layer} className="textLayer" />
    </div>
  );
}

/** Mark the quote in the text of the page. White space and hyphens at line ends may differ. */
function markQuote(layer: pdfjs.TextLayer, quote: string): void {
  const wanted = plain(quote).letters;
  if (!wanted) return;
  const pieces = layer.textContentItemsStr.map(plain);
  const begin = pieces.map((piece) => piece.letters).join("").indexOf(wanted);
  if (begin < 0) return;
  let at = 0;
  let first: HTMLElement | undefined;
  pieces.forEach(({ letters, places }, index) => {
    const element = layer.textDivs[index];
    const text = layer.textContentItemsStr[index] ?? "";
    const from = Math.max(begin - at, 0);
    const to = Math.min(begin + wanted.length - at, letters.length);
    at += letters.length;
    if (!element || from >= to) return;
    const [start, end] = [places[from] ?? 0, (places[to - 1] ?? 0) + 1];
    const mark = document.createElement("mark");
    mark.className = "marked";
    mark.textContent = text.slice(start, end);
    element.replaceChildren(text.slice(0, start), mark, text.slice(end));
    first ??= mark;
  });
  first?.scrollIntoView({ block: "center" });
}

/** The text in lower case without white space and hyphens, and the position of each remaining letter in the text. */
function plain(text: string): { letters: string; places: number[] } {
  let letters = "";
  const places: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const letter = (text[at] ?? "").replace(/[\s\u00ad-]/u, "").toLowerCase();
    letters += letter;
    places.push(...Array<number>(letter.length).fill(at));
  }
  return { letters, places };
}
