// Shows what needs a script, and says when a passkey was refused or not found.
document.querySelectorAll('.app-needs-script').forEach(function (part) {
  part.hidden = false
})
document.addEventListener('allauth.error', function (event) {
  event.preventDefault()
  document.querySelectorAll('[data-passkey-problem]').forEach(function (problem) {
    problem.hidden = false
    problem.setAttribute('role', 'alert')
  })
})
