// Package workflows runs the steps of the workflows that the repository ships, as
// their runners would: every run of .github/workflows and every script of
// .gitlab-ci.yml, in a clone, with bash, in the order of the jobs. Tests only.
//
// Real are the scripts of .ci, git, curl and jq, the ladder command, and the
// ordinary CLI's preview on the simulated cloud. Stand-ins (testdata/bin) are make,
// whose targets every other test runs; the forge that comments are written to; the
// up of the ordinary CLI and the observation of an account, which are written down;
// and the rehearsal, which tests/scenario runs.
package workflows
