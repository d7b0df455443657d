// The address of the API and the ready-made queries come with the page; nothing is fetched from anywhere else.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
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

const fetcher = createGraphiQLFetcher({ url: endpoint });
createRoot(container).render(
  createElement(GraphiQL, { fetcher, storage, initialQuery: query, initialVariables: variables, defaultEditorToolsVisibility: true }),
);
