package logpipe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// EnvSearch is the endpoint of the domain in the set-up Job, EnvRegion its region.
const (
	EnvSearch = "SEARCH_HOST"
	EnvRegion = "AWS_REGION"
)

// Setup is what the stores are told beside what the plan itself says.
type Setup struct {
	// Clients that write into OpenSearch.
	Clients []Client
	// Requests and Topics of others, for example of traces.
	Requests []Request
	Topics   []string
}

// Setup is the shell script of the Job that prepares the stores. It asks for
// what it wants and not for what is there, so that it may run any number of
// times; it ends with an error, and is tried again, when a store says no. The
// image has the AWS CLI and curl, which signs requests itself.
func (p Plan) Setup(setup Setup) string {
	var b strings.Builder
	b.WriteString(setupHead)
	if p.Config.OpenSearch != nil {
		b.WriteString(setupSearch)
		for _, r := range append(p.Search(setup.Clients), setup.Requests...) {
			name := "put"
			if r.Versioned {
				name = "put_versioned"
			}
			fmt.Fprintf(&b, "%s %q %s\n", name, r.Path, quoted(r.Body))
		}
	}
	if p.Config.Kafka != nil {
		b.WriteString(setupStream)
		for _, topic := range append(p.Topics(), setup.Topics...) {
			fmt.Fprintf(&b, "topic %q %d %s\n", topic, p.Config.Kafka.Partitions, "\"$REPLICAS\"")
		}
	}
	b.WriteString("echo done\n")
	return b.String()
}

// quoted is a JSON body in double quotes of the shell, so that $NAME is
// replaced; everything else that the shell would read is escaped.
func quoted(body string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`").Replace(body) + `"`
}

const setupHead = `set -eu
export HOME=/tmp
`

// The Pod Identity agent's credentials, as variables; curl gets them by a file
// that nobody else reads, not on its command line.
const setupSearch = `eval "$(aws configure export-credentials --format env)"
umask 077
printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" > /tmp/curl
ask() {
  curl --silent --show-error --fail-with-body --retry 5 --retry-all-errors --max-time 60 --config /tmp/curl \
    --aws-sigv4 "aws:amz:$AWS_REGION:es" --header "content-type: application/json" "$@"
}
put() {
  ask --request PUT "https://$SEARCH_HOST$1" --data-raw "$2"
  echo " $1"
}
put_versioned() {
  if there=$(ask "https://$SEARCH_HOST$1" 2>/dev/null); then
    number=$(printf '%s' "$there" | sed -n 's/.*"_seq_no":\([0-9]*\).*/\1/p')
    term=$(printf '%s' "$there" | sed -n 's/.*"_primary_term":\([0-9]*\).*/\1/p')
    ask --request PUT "https://$SEARCH_HOST$1?if_seq_no=$number&if_primary_term=$term" --data-raw "$2"
  else
    ask --request PUT "https://$SEARCH_HOST$1" --data-raw "$2"
  fi
  echo " $1"
}
`

const setupStream = `topic() {
  aws kafka describe-topic --cluster-arn "$KAFKA_CLUSTER_ARN" --topic-name "$1" >/dev/null 2>&1 ||
    aws kafka create-topic --cluster-arn "$KAFKA_CLUSTER_ARN" --topic-name "$1" --partition-count "$2" --replication-factor "$3"
  echo " $1"
}
`

// short is the first 8 hexadecimal digits of a digest.
func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}
