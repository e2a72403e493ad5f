/** A PDF file of these objects, numbered from 1. The first is the catalogue. */
export function pdfOf(objects: string[]): Uint8Array {
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return new TextEncoder().encode(text + end);
}

/** The object of a stream with this content. */
export const streamOf = (content: string): string => `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;
