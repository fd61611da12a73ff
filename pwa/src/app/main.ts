// Starts the app.
import { mount } from "svelte";
import App from "./App.svelte";
import { start_tablet } from "./tablet.svelte.ts";

const target = document.getElementById("app");
if (target !== null) {
  void start_tablet();
  mount(App, { target });
}
