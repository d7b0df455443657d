// Runs the query in place; without this script the form still opens the answer as a page of its own.
"use strict";
const form = document.getElementById("run");
const output = document.getElementById("output");
const state = document.getElementById("state");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = state.dataset;
  document.getElementById("answer").hidden = false;
  state.textContent = told.running;
  try {
    const text = form.elements.variables.value.trim();
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" },
      body: JSON.stringify({ query: form.elements.query.value, variables: text ? JSON.parse(text) : null }),
    });
    const answer = await response.json();
    state.textContent = answer.errors ? `${answer.errors.length} ${told.errors}` : told.done;
    output.textContent = JSON.stringify(answer, null, 2);
  } catch (error) {
    state.textContent = error instanceof SyntaxError ? told.wrong : told.silent;
    output.textContent = "";
  }
});
