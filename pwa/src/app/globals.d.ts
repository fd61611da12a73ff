/// <reference types="svelte" />
/// <reference types="vite/client" />
/** The build's name, from vite.config.ts. */
declare const __BUILD__: string;
