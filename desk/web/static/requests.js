// Choosing an offered swap fills the form in: a line for each partner, more of them for a ring.
const partners = byId("partners");

function line() {
  const fresh = partners.lastElementChild.cloneNode(true);
  for (const input of fresh.querySelectorAll("input")) input.value = "";
  partners.append(fresh);
  return fresh;
}

byId("one-more").addEventListener("click", () => line().querySelector("input").focus());
for (const button of document.querySelectorAll("button.pick")) {
  button.addEventListener("click", () => {
    const names = button.dataset.partner.split(","), days = button.dataset.back.split(",");
    while (partners.children.length > names.length) partners.lastElementChild.remove();
    while (partners.children.length < names.length) line();
    [...partners.children].forEach((each, index) => {
      each.querySelector("[name=partner]").value = names[index];
      each.querySelector("[name=back]").value = days[index] || "";
    });
    partners.querySelector("input").focus();
  });
}
