// Calls name this server as the browser found it, also behind a proxy.
const { origin } = document.body.dataset;
// The text goes into a shell: a host of other characters than names have is left out.
const isName = /^[a-z0-9.-]+$|^\[[0-9a-f:.]+\]$/i.test(location.hostname);
if (origin && origin !== location.origin && isName) {
  const ofSocket = (address) => address.replace(/^http/, 'ws');
  const { hostname } = new URL(origin);
  for (const code of document.querySelectorAll('.call code')) {
    code.textContent = code.textContent
      .replaceAll(ofSocket(origin), ofSocket(location.origin))
      .replaceAll(origin, location.origin)
      .replaceAll(`//${hostname}:`, `//${location.hostname}:`);
  }
}

// Buttons that copy the text before them. Without scripts there are none.
for (const button of document.querySelectorAll('button.copy')) {
  const code = button.parentElement.querySelector('code');
  const name = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      // Browsers copy by themselves only on HTTPS and on this machine.
      getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => {
      button.textContent = name;
    }, 2000);
  });
}
