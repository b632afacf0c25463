/** Opens the disclosures that a link leads to or into, and copies the command of one. */

const openTarget = () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let at = target; at; at = at.parentElement) if (at.matches('details')) at.open = true;
};
addEventListener('hashchange', openTarget);
openTarget();

for (const button of document.querySelectorAll('.copy')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = 'Copied';
  });
}
