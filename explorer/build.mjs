// Bundles GraphiQL, its styles and its three workers into network/explorer_assets/dist, which git ignores.
import { build } from "esbuild";
import { rm } from "node:fs/promises";

const outdir = "../network/explorer_assets/dist";

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    explorer: "src/explorer.mjs",
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  outdir,
  bundle: true,
  format: "iife",
  minify: true,
  target: ["es2022"],
  jsx: "automatic",
  loader: { ".ttf": "file", ".woff2": "file" },
  assetNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  legalComments: "linked",
  logLevel: "warning",
});
