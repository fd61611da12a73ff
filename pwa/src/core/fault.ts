// What should not have happened and stops nobody: told to the browser's own error log.

export function note_fault(error: unknown): void {
  globalThis.reportError?.(error);
}
