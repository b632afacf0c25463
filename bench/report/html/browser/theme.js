/** Light or dark as the system has it, or the other by a button. */

const button = document.querySelector('.theme');
button.hidden = false;
button.addEventListener('click', () => {
  const { style } = document.documentElement;
  const isDark = style.colorScheme
    ? style.colorScheme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  style.colorScheme = isDark ? 'light' : 'dark';
});
