// Which preview belongs to which command: the only place that knows them all.
import type { Previews } from "../core/wire.ts";

export const PREVIEWS: Previews = {};
