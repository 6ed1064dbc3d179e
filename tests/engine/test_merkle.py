"""Merkle trees after RFC 6962: proofs by property, and the judgement of others' vectors where they are at hand."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroom.engine.merkle import EMPTY, Heap, consistency_proof, grew, includes, inclusion_proof, leaf_hash, root_of

VECTORS = Path(__file__).parents[3] / "shared/standards/merkle"
LEAVES = [leaf_hash(bytes([n])) for n in range(70)]


def plain_root(leaves):
    """RFC 6962 §2.1 to the letter."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def test_the_head_is_that_of_the_definition_at_every_size():
    assert Heap().root() == EMPTY
    heap = Heap()
    for n, leaf in enumerate(LEAVES, 1):
        heap.add(leaf)
        assert heap.root() == plain_root(LEAVES[:n])
        assert Heap(heap.size, heap.peaks).root() == heap.root()


@given(st.integers(1, 70), st.data())
def test_a_proof_proves_its_leaf_and_no_other(size, data):
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    leaves, root = LEAVES[:size], root_of(LEAVES[:size])
    proof = inclusion_proof(leaves, index)

    assert includes(index, size, leaves[index], proof, root)
    assert includes(index, size, leaves[other], proof, root) == (other == index)
    assert not includes(size, size, leaves[index], proof, root)
    assert not includes(index, size, leaves[index], [*proof, root], root)


@given(st.integers(1, 70), st.data())
def test_a_tree_grew_from_its_own_beginning_and_from_no_other(size, data):
    earlier = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, earlier - 1))
    leaves = LEAVES[:size]
    proof = consistency_proof(leaves, earlier)
    forged = [*leaves[:changed], leaf_hash(b"forged"), *leaves[changed + 1 : earlier]]

    assert grew(earlier, root_of(leaves[:earlier]), size, root_of(leaves), proof)
    assert not grew(earlier, root_of(forged), size, root_of(leaves), proof)


def test_what_cannot_be_proved_is_refused():
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES[:3], 3)
    with pytest.raises(ValueError, match="not the beginning"):
        consistency_proof(LEAVES[:3], 4)
    with pytest.raises(ValueError, match="perfect subtrees"):
        Heap(3, [EMPTY])


@pytest.mark.skipif(not VECTORS.is_dir(), reason="The published vectors lie outside this repository, and are not here.")
def test_published_vectors_are_all_judged_right():
    def raw(text):
        return base64.b64decode(text or "")

    files = list(VECTORS.rglob("*.json"))
    for file in files:
        said = json.loads(file.read_text())
        proof = [raw(one) for one in said["proof"] or []]
        if "leafIdx" in said:
            right = includes(said["leafIdx"], said["treeSize"], raw(said["leafHash"]), proof, raw(said["root"]))
        else:
            right = grew(said["size1"], raw(said["root1"]), said["size2"], raw(said["root2"]), proof)
        assert right != said["wantErr"], (file, said["desc"])
    assert len(files) > 100
