#!/bin/sh
# One complaint's whole story, told through the API by all who have a part in
# it; at its end the story as the customer reads it.
#   tests/journey/story.sh    (while kov run is running)
set -eu
cd "$(dirname "$0")/../.."
url=${KOV_URL:-http://127.0.0.1:8080}/v1
soon=$(date -u -d '+1 day' +%FT%TZ)

# METHOD TYPE KEY PATH [BODY]: prints the answer, or says why there is none
send() {
	answer=$(curl -sS --fail-with-body -X "$1" -H "Content-Type: $2" \
	    -H "Authorization: Bearer $3" -H 'If-Match: *' "$url/$4" \
	    ${5:+-d "$5"}) || { echo "$answer" >&2 && return 1; }
	echo "$answer"
}
post() { send POST application/json "$@"; }
patch() { send PATCH application/merge-patch+json "$@"; }
get() { send GET text/plain "$@"; }
the() { grep -o "\"$1\": *\"[^\"]*" | head -n 1 | cut -d '"' -f 4 | grep .; }

# An organisation, one of its departments, and a shop that sells for it.
us=$(./kov organisation create 'Parcels and Post' 2>/dev/null)
desk=$(./kov key create --organisation "$us" --scopes all 2>/dev/null)
shop=$(./kov key create --organisation "$us" --partner 'Corner Shop' \
    --scopes complaints:write,complaints:read,text:read 2>/dev/null)
sleep 1 # within which a new key is known
head=$(post "$desk" members '{}' | the id)
delivery=$(post "$desk" departments '{"name": "Delivery",
	"headId": "'"$head"'"}' | the id)

# The shop passes on what somebody told at its counter, who left no name. The
# desk gives him a way back: a link, on paper.
id=$(post "$shop" complaints '{"text": "It came open, and half was gone.",
	"language": "en", "channel": "desk", "anonymous": true}' | the id)
customer=$(post "$desk" "complaints/$id/tracking-tokens" | the token)

# Empathy before content, and a promise with it.
promise=$(post "$desk" "complaints/$id/messages" '{
	"empathy": "You had looked forward to it, and then this.",
	"text": "I am finding out where it was opened.",
	"promises": [{"kind": "reply", "what": "What happened on its way.",
		"dueAt": "'"$soon"'"}]}' | grep -o '"promises".*' | the id)
patch "$desk" "complaints/$id" '{
	"nowDoing": "We ask everybody who had your parcel in hands.",
	"nextStep": "You hear what happened."}' >/dev/null

# Delivery can do more about it: it is offered, and taken over.
offer=$(post "$desk" "complaints/$id/hand-offs" '{
	"departmentId": "'"$delivery"'", "reason": "Their van brought it."}' | the id)
post "$desk" "complaints/$id/hand-offs/$offer/answers" \
    '{"answer": "accepted"}' >/dev/null

# It waits for the shop, and the shop answers. A promise is kept.
question=$(post "$desk" "complaints/$id/partner-requests" '{
	"text": "Was it whole when you gave it to our driver?",
	"dueAt": "'"$soon"'"}' | the id)
post "$shop" "complaints/$id/partner-requests/$question/answers" \
    '{"text": "It was, we have a photo of it."}' >/dev/null
post "$desk" "complaints/$id/messages" \
    '{"text": "It was whole at the shop, so it was opened in our van."}' >/dev/null
post "$desk" "complaints/$id/promises/$promise/endings" \
    '{"ending": "kept"}' >/dev/null

# A solution, another one by the customer, and yes to that.
post "$desk" "complaints/$id/proposals" '{
	"answer": "We pay you what was gone.", "remedy": {"kind": "refund",
	"amount": {"amountCents": 2500, "currency": "EUR"}}}' >/dev/null
post "$customer" tracking/proposals '{
	"text": "I would rather have the other half.",
	"remedy": {"kind": "replacement"}}' >/dev/null
counter=$(get "$desk" "complaints/$id/proposals" | grep -o '"id".*' |
    sed 's/.*"id"/"id"/' | the id)
post "$desk" "complaints/$id/proposals/$counter/answers" '{
	"answer": "accepted", "text": "Your other half comes tomorrow."}' >/dev/null

# It is closed. It is not solved, so it begins again, a level higher.
post "$customer" tracking/reopenings \
    '{"reason": "The other half came open too."}' >/dev/null
post "$customer" tracking/escalations \
    '{"reason": "I want somebody to look at that van."}' >/dev/null

# What the customer reads.
get "$customer" 'tracking/timeline?limit=200' |
    grep -oE '"(words|empathy|text)": *"[^"]*' | cut -d '"' -f 4
