// One thing in the dock: a place (`tab`), an action, the recording action (`act`) or the scanner.
import type { IconName } from "./icons.ts";

export type DockItem = {
  kind: "tab" | "plain" | "act" | "scan";
  label: string;
  icon?: IconName;
  /** The place in view. */
  on?: boolean;
  disabled?: boolean;
  go: () => void;
};
