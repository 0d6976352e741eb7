// Django's autocomplete fields have no name that a screen reader can say: give each the words of its label.
"use strict";

function nameAutocompletes() {
  document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const box = select.nextElementSibling;
    if (!label || !box || !box.classList.contains("select2")) return;
    const name = label.textContent.replace(":", "").trim();
    box.querySelectorAll("[role=combobox], [role=searchbox], [role=textbox]").forEach((field) => {
      const chosen = field.getAttribute("aria-labelledby");
      const value = chosen ? (document.getElementById(chosen)?.getAttribute("title") || "nothing chosen") : "";
      field.removeAttribute("aria-labelledby");
      field.setAttribute("aria-label", value ? `${name}: ${value}` : name);
    });
    box.querySelectorAll("ul > :not(li)").forEach((stray) => stray.setAttribute("role", "listitem"));
  });
}

window.addEventListener("load", nameAutocompletes);
document.addEventListener("change", () => setTimeout(nameAutocompletes));
document.addEventListener("formset:added", () => setTimeout(nameAutocompletes));
