// Django's autocomplete fields have no name that a screen reader can say: give each the words of its label.
"use strict";

function nameAutocompletes() {
  document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const box = select.nextElementSibling;
    if (!label || !box || !box.classList.contains("select2")) return;
    const name = label.textContent.replace(":", "").trim();
    const value = box.querySelector(".select2-selection--single .select2-selection__rendered")?.getAttribute("title");
    box.querySelectorAll("[role=combobox], [role=searchbox], [role=textbox]").forEach((field) => {
      field.removeAttribute("aria-labelledby");
      field.setAttribute("aria-label", select.multiple ? name : `${name}: ${value || "nothing chosen"}`);
    });
    box.querySelectorAll("ul > :not(li)").forEach((stray) => stray.setAttribute("role", "listitem"));
  });
}

// The first column of a table of inlines has an empty head.
document.querySelectorAll("th.original:empty").forEach((head) => {
  head.innerHTML = '<span class="visually-hidden">Row</span>';
});

// Select2 is started by jQuery's "ready" and speaks jQuery's events only.
if (window.django && window.django.jQuery) {
  const $ = window.django.jQuery;
  $(nameAutocompletes);
  $(document).on("change select2:select select2:open formset:added", () => setTimeout(nameAutocompletes));
}
