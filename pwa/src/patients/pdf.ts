// The printed band: fetched with the person's token and shown by the browser, which prints it.
import type { Api } from "../core/api.ts";

const FORGET_MS = 60_000;

/** Opens the band's PDF in a new tab; false where it could not be fetched. */
export async function show_band_pdf(api: Api, stay_id: string, code: string): Promise<boolean> {
  try {
    const { data, response } = await api.GET("/api/stays/{stay_id}/wristband.pdf", {
      params: { path: { stay_id }, query: { code } },
      parseAs: "blob",
    });
    if (!response.ok || !(data instanceof Blob)) return false;
    const url = URL.createObjectURL(data);
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener";
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), FORGET_MS);
    return true;
  } catch {
    return false;
  }
}
