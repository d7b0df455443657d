// The address of the API and the ready-made queries come with the page; nothing is fetched from anywhere else.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import "./explorer.css";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const container = document.getElementById("explorer");
const { endpoint, assets, query, variables } = container.dataset;

// The page's policy admits style elements that carry its nonce; the editor makes its own without one.
const nonce = document.querySelector("meta[name=style-nonce]").content;
const createElementOf = Document.prototype.createElement;
Document.prototype.createElement = function (name, options) {
  const element = createElementOf.call(this, name, options);
  if (String(name).toLowerCase() === "style") element.nonce = nonce;
  return element;
};

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(`${assets}/${{ json: "json", graphql: "graphql" }[label] ?? "editor"}.worker.js`),
};

// Tabs are kept in the browser; whoever opens a ready-made query sees that one, and the kept tabs stay as they are.
const kept = new Map();
const passing = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
  clear: () => kept.clear(),
  get length() {
    return kept.size;
  },
};
const storage = location.search ? passing : localStorage;

// Each tab holds buttons, which assistive technology does not reach inside of a tab: they are told as a list of buttons.
const asList = () => {
  for (const list of container.querySelectorAll(".graphiql-tabs[role]")) list.removeAttribute("role");
  for (const item of container.querySelectorAll(".graphiql-tab[aria-selected]")) {
    item.querySelector(".graphiql-tab-button").setAttribute("aria-current", item.getAttribute("aria-selected"));
    item.removeAttribute("role");
    item.removeAttribute("aria-selected");
  }
};
new MutationObserver(asList).observe(container, { subtree: true, childList: true, attributeFilter: ["role", "aria-selected"] });

// Its frame follows the system's theme at once; its editor only when it is opened, and would be dark on dark until then.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
  if (!storage.getItem("graphiql:theme")) globalThis.__MONACO?.editor.setTheme(matches ? "graphiql-DARK" : "graphiql-LIGHT");
});

const fetcher = createGraphiQLFetcher({ url: endpoint });
createRoot(container).render(
  createElement(GraphiQL, { fetcher, storage, initialQuery: query, initialVariables: variables, defaultEditorToolsVisibility: true }),
);
