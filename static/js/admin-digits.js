// Django's script counts the selected rows of a list with Latin digits: a Persian page shows Persian ones.

const counter = document.querySelector("span.action-counter");

function persian(text) {
  return text.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
}

if (counter && document.documentElement.lang === "fa") {
  const rewrite = () => {
    const text = persian(counter.textContent);
    if (text !== counter.textContent) {
      counter.textContent = text;
    }
  };
  new MutationObserver(rewrite).observe(counter, { childList: true });
  rewrite();
}
