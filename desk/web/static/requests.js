// Choosing an offered partner fills the form in.
for (const button of document.querySelectorAll("button.pick")) {
  button.addEventListener("click", () => {
    const form = button.closest("form");
    form.elements.partner.value = button.dataset.partner;
    form.elements.back.value = button.dataset.back;
    form.elements.partner.focus();
  });
}
