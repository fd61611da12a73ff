// Shows a PDF that only the signed-in person may fetch: in its own tab where the browser can, else as a download.
export function show_pdf(file: Blob, name: string): void {
  const address = URL.createObjectURL(new Blob([file], { type: "application/pdf" }));
  const link = document.createElement("a");
  link.href = address;
  link.rel = "noopener";
  if (navigator.pdfViewerEnabled) link.target = "_blank";
  else link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
