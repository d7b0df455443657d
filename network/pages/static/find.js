// Fields that are filled by name: what is called like what was typed is offered to tick, a moment after the last key. Without script the form asks when it is sent.
const WAIT_MS = 200;

for (const input of document.querySelectorAll('input[data-find]')) find(input);

function find(input) {
  const field = input.closest('fieldset');
  const seen = field.querySelector('input[type="hidden"]');
  const said = document.createElement('p');
  said.className = 'hint';
  said.setAttribute('role', 'status');
  input.after(said);
  let list = field.querySelector('ul');
  let waiting;
  let asked;

  if (!list) {
    list = document.createElement('ul');
    field.querySelector('label[for]').before(list);
  }
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    asked?.abort();
    waiting = setTimeout(look, WAIT_MS);
  });

  async function look() {
    const text = input.value.trim();
    asked = new AbortController();
    try {
      const address = `${input.dataset.find}?${new URLSearchParams({ q: text })}`;
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      show([...page.querySelectorAll('li[data-value]')]);
    } catch {
      // Given up for a newer name, or the network is away: the form asks when it is sent.
    }
  }

  // What was there before stays: the form's own choices, and whatever is ticked.
  function show(found) {
    for (const one of list.querySelectorAll('li[data-found]')) {
      if (!one.querySelector('input').checked) one.remove();
    }
    const known = new Set([...list.querySelectorAll('input')].map((box) => box.value));
    for (const one of found) {
      if (known.has(one.dataset.value)) continue;
      const row = document.createElement('li');
      row.dataset.found = '';
      // Sent with a choice, the name asks for nothing more.
      row.addEventListener('change', () => { seen.value = input.value.trim(); });
      const label = document.createElement('label');
      const box = document.createElement('input');
      Object.assign(box, { type: input.dataset.type, name: input.dataset.for, value: one.dataset.value });
      const name = document.createElement('span');
      name.lang = one.lang;
      name.textContent = one.textContent;
      label.append(box, ' ', name);
      row.append(label);
      list.append(row);
    }
    said.textContent = found.length ? '' : input.value.trim().length > 1 ? input.dataset.none : '';
  }
}
