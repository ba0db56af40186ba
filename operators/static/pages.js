// Shows while one types what a text will look like, and asks before typed words are left behind.
// Everything works without it.
"use strict";

const form = document.querySelector("form[data-look]");
if (form) {
  const shown = document.getElementById("look");
  // Against what the page came with: a field may have been filled in before this script ran.
  const changed = (field) =>
    field instanceof HTMLSelectElement
      ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
      : field.type === "checkbox" || field.type === "radio"
        ? field.checked !== field.defaultChecked
        : "defaultValue" in field && field.value !== field.defaultValue;
  const typed = () => [...form.elements].some(changed);
  let timer = 0;
  let asked = 0;
  let leaving = false;

  const look = async () => {
    const number = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.look, { method: "POST", body: fields }).catch(() => null);
    // What was typed since has been asked for anew; an answer that is late says nothing any more.
    if (answer?.ok && !answer.redirected && number === asked) shown.innerHTML = await answer.text();
  };
  if (form.dataset.look) {
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, 400);
    });
    if (typed()) look();
  }
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && typed()) event.preventDefault();
  });
}
