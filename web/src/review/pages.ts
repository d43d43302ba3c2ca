/**
 * The pages of a scan, as something that draws itself: a picture is one page, a PDF has several.
 * Each as it came, and as it was read, which is what doubts are about: straightened, where it was crooked.
 */

export interface ScanPage {
  number: number;
  width: number;
  height: number;
  draw(into: HTMLCanvasElement, signal: AbortSignal): Promise<void>;
}

/** Pixels a page is drawn with on its longer side: sharp at some zoom, and bounded for the memory of a phone. */
const LONGEST = 2400;
/** More pages than this are no timetable; the API reads no more either. */
const MOST_PAGES = 20;

export interface Opened {
  original: readonly ScanPage[];
  /** The same pages as they were read; one whose straightened picture is lost is missing. */
  read: readonly ScanPage[];
}

export async function openScan(
  url: string,
  straight: readonly { page: number; url: string }[],
  signal: AbortSignal,
): Promise<Opened> {
  const [original, ...straightened] = await Promise.all([
    openFile(url, signal),
    ...straight.map((each) => straightPage(each, signal)),
  ]);
  const known = new Map(straight.map(({ page }, at) => [page, straightened[at] ?? null]));
  const read = original.map((page) => (known.has(page.number) ? known.get(page.number) : page));
  return { original, read: read.filter((page) => page != null) };
}

/** The original is worth more than nothing: without a straightened page it is looked at alone. */
async function straightPage(from: { page: number; url: string }, signal: AbortSignal): Promise<ScanPage | null> {
  try {
    const [page] = await picture(await download(from.url, signal));
    return page ? { ...page, number: from.page } : null;
  } catch {
    return null;
  }
}

async function download(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal, credentials: "omit" });
  if (!response.ok) throw new Error(`the scan: ${response.status}`);
  return await response.blob();
}

async function openFile(url: string, signal: AbortSignal): Promise<ScanPage[]> {
  const file = await download(url, signal);
  const head = new TextDecoder("latin1").decode(await file.slice(0, 1024).arrayBuffer());
  return head.includes("%PDF-") ? await pdfPages(await file.arrayBuffer()) : await picture(file);
}

async function picture(file: Blob): Promise<ScanPage[]> {
  // Turned as the camera held it, which is how it was read.
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = bitmap;
  return [
    {
      number: 1,
      width,
      height,
      draw(into) {
        const scale = Math.min(1, LONGEST / Math.max(width, height));
        into.width = Math.round(width * scale);
        into.height = Math.round(height * scale);
        into.getContext("2d")?.drawImage(bitmap, 0, 0, into.width, into.height);
        return Promise.resolve();
      },
    },
  ];
}

async function pdfPages(bytes: ArrayBuffer): Promise<ScanPage[]> {
  const pdfjs = await import("pdfjs-dist");
  // A file of our own origin: the Content-Security-Policy allows workers of no other.
  pdfjs.GlobalWorkerOptions.workerSrc = new URL("pdfjs-dist/build/pdf.worker.min.mjs", import.meta.url).href;
  // WebAssembly would need a hole in the policy; what it is for (JPEG 2000, colours of print) has a slower way.
  const whole = await pdfjs.getDocument({ data: bytes, useWasm: false, enableXfa: false, stopAtErrors: false }).promise;
  const numbers = Array.from({ length: Math.min(whole.numPages, MOST_PAGES) }, (_, at) => at + 1);
  return await Promise.all(
    numbers.map(async (number) => {
      const page = await whole.getPage(number);
      const { width, height } = page.getViewport({ scale: 1 });
      return {
        number,
        width,
        height,
        async draw(into: HTMLCanvasElement, signal: AbortSignal) {
          const viewport = page.getViewport({ scale: LONGEST / Math.max(width, height) });
          into.width = Math.round(viewport.width);
          into.height = Math.round(viewport.height);
          const task = page.render({ canvas: into, viewport });
          signal.addEventListener("abort", () => task.cancel(), { once: true });
          await task.promise;
        },
      };
    }),
  );
}
