// Whoever types a title sees what sounds like the same work, before anything is entered twice. Without script it is shown after.
const WAIT_MS = 500;

const title = document.querySelector('input[name="title"]');
if (title) watch(title);

function watch(input) {
  const shown = document.createElement('div');
  shown.setAttribute('role', 'status');
  input.closest('.field').after(shown);
  const prefix = location.pathname.startsWith('/en/') ? '/en' : '';
  let waiting;
  let asked;

  input.addEventListener('input', () => {
    clearTimeout(waiting);
    asked?.abort();
    waiting = setTimeout(look, WAIT_MS);
  });

  async function look() {
    asked = new AbortController();
    const address = `${prefix}/projects/alike?${new URLSearchParams({ title: input.value })}`;
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      shown.replaceChildren(...page.body.childNodes);
    } catch {
      // Given up for a newer title, or the network is away: the form works without.
    }
  }
}
