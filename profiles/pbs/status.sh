#!/bin/sh
# The state of a PBS job in Snakemake's words. `-x` asks for finished jobs too: the server must keep a job history.
if ! described=$(qstat -x -f "$1" 2>&1); then
    case $described in
    *Unknown*) echo "$described (does the server keep a job history?)" >&2 && exit 1 ;;
    *) echo running && exit ;; # the server does not answer; the next question may be in time
    esac
fi
case $described in
*"job_state = F"*"Exit_status = 0"* | *"Exit_status = 0"*"job_state = F"*) echo success ;;
*"job_state = F"*) echo failed ;;
*) echo running ;;
esac
