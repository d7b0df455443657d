// Suggestions under the search box: asked for a moment after the last key, never two at once, and steered by keyboard (ARIA combobox).
const PAUSE_MS = 150;

for (const form of document.querySelectorAll('form[data-suggest]')) suggest(form);
for (const form of document.querySelectorAll('form.filters')) {
  form.addEventListener('change', () => form.requestSubmit());
}

function suggest(form) {
  const input = form.querySelector('input[type="search"]');
  const list = document.createElement('ul');
  list.className = 'suggestions';
  list.id = `${input.id}-suggestions`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', input.labels[0].textContent);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' })) {
    input.setAttribute(name, value);
  }
  let waiting;
  let asked;
  let offered = [];
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((option, place) => option.setAttribute('aria-selected', String(place === index)));
    if (index < 0) input.removeAttribute('aria-activedescendant');
    else {
      input.setAttribute('aria-activedescendant', list.children[index].id);
      list.children[index].scrollIntoView({ block: 'nearest' });
    }
  };
  const show = () => {
    list.replaceChildren(...offered.map((one, index) => option(one, `${list.id}-${index}`)));
    list.hidden = offered.length === 0;
    input.setAttribute('aria-expanded', String(offered.length > 0));
    choose(-1);
  };
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: input.value })}`, { signal: asked.signal });
      // Without suggestions searching works all the same.
      offered = answer.ok ? await answer.json() : [];
      show();
    } catch (error) {
      if (error.name !== 'AbortError') close();
    }
  };

  input.addEventListener('input', () => {
    clearTimeout(waiting);
    if (input.value.trim()) waiting = setTimeout(ask, PAUSE_MS);
    else {
      asked?.abort();
      close();
    }
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (list.hidden) return;
    if (event.key === 'ArrowDown') choose((chosen + 1) % offered.length);
    else if (event.key === 'ArrowUp') choose(chosen <= 0 ? offered.length - 1 : chosen - 1);
    else if (event.key === 'Enter' && chosen >= 0) location.assign(offered[chosen].address);
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', () => setTimeout(close, PAUSE_MS));
  list.addEventListener('pointerdown', (event) => {
    const at = [...list.children].indexOf(event.target.closest('[role="option"]'));
    if (at >= 0) location.assign(offered[at].address);
  });
}

function option({ text, detail }, id) {
  const made = document.createElement('li');
  made.id = id;
  made.setAttribute('role', 'option');
  made.setAttribute('aria-selected', 'false');
  made.append(text);
  if (detail) {
    const small = document.createElement('small');
    small.textContent = ` ${detail}`;
    made.append(small);
  }
  return made;
}
