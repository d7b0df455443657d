// A picture that is larger than its frame begins where the entry stands that it is about.
for (const frame of document.querySelectorAll(".picture")) {
  const middle = frame.querySelector(".middle")?.getBoundingClientRect();
  if (middle) {
    const around = frame.getBoundingClientRect();
    frame.scrollLeft += middle.left + middle.width / 2 - around.left - around.width / 2;
    frame.scrollTop += middle.top + middle.height / 2 - around.top - around.height / 2;
  }
}
