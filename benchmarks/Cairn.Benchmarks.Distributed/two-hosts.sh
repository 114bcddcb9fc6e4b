#!/usr/bin/env bash
# Runs two processes of a program on two hosts: network namespaces of this machine, joined by a link of a limited rate. Needs root.
# two-hosts.sh RATE mpirun.openmpi|mpiexec.mpich PROGRAM ARGUMENT ...
set -euo pipefail
rate=$1; launcher=$2; shift 2
name=c$(($$ % 10000))
net=10.77.0
remote=$(mktemp)
clean() { ip netns del "${name}A" || true; ip netns del "${name}B" || true; rm -f "$remote"; }
trap clean EXIT
ip netns add "${name}A"; ip netns add "${name}B"
ip link add "${name}a" type veth peer name "${name}b"
ip link set "${name}a" netns "${name}A"; ip link set "${name}b" netns "${name}B"
ip -n "${name}A" link set "${name}a" name eth0; ip -n "${name}B" link set "${name}b" name eth0
ip -n "${name}A" addr add $net.1/24 dev eth0; ip -n "${name}B" addr add $net.2/24 dev eth0
for host in A B; do
    ip -n "$name$host" link set eth0 up
    ip -n "$name$host" link set lo up
    tc -n "$name$host" qdisc add dev eth0 root tbf rate "$rate" burst 256kb latency 50ms
done
# Stands for ssh: each host has a name of its own.
cat > "$remote" <<R
#!/bin/bash
while [[ \$1 == -* ]]; do shift; done
host=\$1; shift
case \$host in $net.1) n=A;; *) n=B;; esac
exec ip netns exec $name\$n unshare -u sh -c "hostname node\$n; \$*"
R
chmod 700 "$remote"
case $launcher in
*openmpi) options="--mca plm_rsh_agent $remote --host $net.1,$net.2 --mca pml ob1 --mca btl tcp,self --mca btl_tcp_if_include $net.0/24
    --mca oob_tcp_if_include $net.0/24 -x OMP_NUM_THREADS --bind-to none -n 2" ;;
*) options="-launcher rsh -launcher-exec $remote -iface eth0 -genv UCX_TLS tcp,self -genv UCX_NET_DEVICES eth0 -hosts $net.1,$net.2 -n 2" ;;
esac
# shellcheck disable=SC2086 # the options are words
ip netns exec "${name}A" unshare -u sh -c "hostname nodeA; exec \"\$@\"" sh "$launcher" $options "$@"
