// The search page: suggestions under its box, and results that follow what is typed and ticked. Without script a button does.
const SUGGEST_MS = 150;
const SEARCH_MS = 250;

const results = document.getElementById('results');
for (const form of document.querySelectorAll('form[data-suggest]')) suggest(form);
if (results) live(document.querySelector('.live form[role="search"]'));

// Results in step with the form: asked for a moment after the last key, older answers given up, every state in the address.
function live(form) {
  const input = form.querySelector('input[type="search"]');
  const filters = document.getElementById('filters');
  const announcement = document.getElementById('announcement');
  let waiting;
  let asked;

  const address = () => {
    const given = new FormData(filters.querySelector('form'));
    const query = new URLSearchParams();
    if (input.value.trim()) query.append('q', input.value.trim());
    for (const [name, value] of given) {
      const isUsual = name === 'q' || name === 'project' || (name === 'sort' && value === 'relevance');
      const isIdle = name === 'km' && !given.get('near') && !given.get('place');
      if (value && !isUsual && !isIdle) query.append(name, value);
    }
    for (const slug of chosen()) query.append('project', slug);
    return `${form.getAttribute('action')}${query.size ? '?' : ''}${query}`;
  };
  const load = async (target, { isNew = false, isBack = false } = {}) => {
    clearTimeout(waiting);
    asked?.abort();
    asked = new AbortController();
    results.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(target, { signal: asked.signal, headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const found = page.getElementById('results');
      // Whoever types faster than the server allows keeps what is there until the next key.
      if (answer.status === 429) throw new Error('too many');
      // An answer of another kind, as while the search engine is down, is a page of its own.
      if (!found) {
        location.assign(target);
        return;
      }
      if (!isBack) history[isNew ? 'pushState' : 'replaceState'](null, '', answer.url);
      else input.value = page.getElementById('q').value;
      show(page, found);
    } catch (error) {
      if (error.name === 'AbortError') return;
      results.removeAttribute('aria-busy');
    }
  };
  const show = (page, found) => {
    document.title = page.title;
    results.replaceChildren(...found.childNodes);
    results.removeAttribute('aria-busy');
    keepingFocus(filters, () => filters.replaceChildren(...page.getElementById('filters').childNodes));
    const language = page.querySelector('.top-account a[hreflang]');
    document.querySelector('.top-account a[hreflang]')?.replaceWith(language ?? '');
    announcement.textContent = results.querySelector('#count')?.textContent.trim() ?? '';
    limit();
  };

  input.addEventListener('input', (event) => {
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => load(address()), SEARCH_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    load(address(), { isNew: true });
  });
  filters.addEventListener('change', () => load(address(), { isNew: true }));
  filters.addEventListener('submit', (event) => {
    event.preventDefault();
    load(address(), { isNew: true });
  });
  results.addEventListener('change', (event) => {
    if (event.target.name !== 'project') return;
    history.replaceState(null, '', address());
    for (const link of results.querySelectorAll('a[rel="next"]')) {
      const next = new URL(link.href);
      next.searchParams.delete('project');
      for (const slug of chosen()) next.searchParams.append('project', slug);
      link.href = next;
    }
    limit();
  });
  const fold = filters.closest('details');
  const wide = matchMedia('(min-width: 60rem)');
  // Beside the results there is room for the filters; above them they would hide what was found.
  const foldUp = () => { fold.open = wide.matches; };
  wide.addEventListener('change', foldUp);
  foldUp();
  addEventListener('popstate', () => load(location.href, { isBack: true }));
  limit();
}

// Slugs of the projects that are to be compared.
function chosen() {
  const form = document.getElementById('compare');
  return form ? new FormData(form).getAll('project') : [];
}

// As many boxes as can be compared, and no more, can be ticked.
function limit() {
  const button = document.querySelector('#compare [data-most]');
  const isFull = button && chosen().length >= Number(button.dataset.most);
  for (const box of results.querySelectorAll('input[form="compare"]')) box.disabled = Boolean(isFull && !box.checked);
}

// Exchanges the filters below somebody's hands: what was open stays open, and what had the focus has it again.
function keepingFocus(filters, exchange) {
  const held = filters.contains(document.activeElement) ? document.activeElement : null;
  const mark = held && { name: held.name, value: held.value, type: held.type };
  const open = new Map([...filters.querySelectorAll('details')].map((one) => [one.dataset.facet, one.open]));
  exchange();
  for (const one of filters.querySelectorAll('details')) {
    if (open.has(one.dataset.facet)) one.open = open.get(one.dataset.facet);
  }
  if (!mark) return;
  const same = [...filters.querySelectorAll('input, select, button')].filter((one) => one.name === mark.name);
  (same.find((one) => mark.type !== 'checkbox' || one.value === mark.value) ?? filters.querySelector('select')).focus();
}

// Suggestions: asked for a moment after the last key, never two at once, and steered by keyboard (ARIA combobox).
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
    if (input.value.trim()) waiting = setTimeout(ask, SUGGEST_MS);
    else {
      asked?.abort();
      close();
    }
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      // Browsers empty a field for searches; the first Escape is for the list.
      event.preventDefault();
      close();
    }
    if (list.hidden) return;
    if (event.key === 'ArrowDown') choose((chosen + 1) % offered.length);
    else if (event.key === 'ArrowUp') choose(chosen <= 0 ? offered.length - 1 : chosen - 1);
    else if (event.key === 'Enter' && chosen >= 0) location.assign(offered[chosen].address);
    else return;
    event.preventDefault();
  });
  form.addEventListener('submit', () => {
    clearTimeout(waiting);
    asked?.abort();
    close();
  });
  input.addEventListener('blur', () => setTimeout(close, SUGGEST_MS));
  list.addEventListener('pointerdown', (event) => {
    const at = [...list.children].indexOf(event.target.closest('[role="option"]'));
    if (at >= 0) location.assign(offered[at].address);
  });
}

function option({ text, detail, lang }, id) {
  const made = document.createElement('li');
  if (lang) made.lang = lang;
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
