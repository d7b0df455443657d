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

const fetcher = createGraphiQLFetcher({ url: endpoint });
createRoot(container).render(
  createElement(GraphiQL, { fetcher, initialQuery: query, initialVariables: variables, defaultEditorToolsVisibility: true }),
);
