// Signing out goes on by itself; without script there is a button.
document.getElementById("further").submit();
