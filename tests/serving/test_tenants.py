"""Tenants: which a conversation belongs to, and what a tenant's file may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.tenants import BadTenant, Tenant, names, prefix_of, read_tenant, tenant_of


def test_the_id_of_a_conversation_names_its_tenant() -> None:
    assert tenant_of(prefix_of("website-", "hall_2") + "0a1b") == "hall_2"
    assert tenant_of(prefix_of("wechat-", "hall") + "account-0a1b") == "hall"
    assert prefix_of("website-", "") == "website-"


@pytest.mark.parametrize(
    "conversation",
    [
        "default",
        "website-0a1b2c",
        "wechat-hall-0a1b",
        "rest-~hall~0a1b",
        "~hall~0a1b",
        " website-~hall~0a1b",
        "x-website-~hall~0a1b",
        "website-~Hall~0a1b",
        "website-~hall",
        "website-~~0a1b",
        "website-~../x~0a1b",
        "Website-~hall~0a1b",
    ],
)
def test_every_other_id_is_of_the_default(conversation: str) -> None:
    assert tenant_of(conversation) == ""


def test_only_folders_with_a_name_of_one_are_tenants(tmp_path: Path) -> None:
    assert names(tmp_path / "gone") == []
    for name in ("hall", "a_1", "Hall", "1a", ".git", "a-b"):
        (tmp_path / name).mkdir()
    (tmp_path / "README").touch()
    assert names(tmp_path) == ["a_1", "hall"]


def test_a_file_says_who_a_tenant_is(tmp_path: Path) -> None:
    folder = tmp_path / "tenants" / "hall"
    folder.mkdir(parents=True)
    (folder / "tenant.yml").write_text(
        "name: 余杭区市场监管局\ntitle: 余杭找回\n", encoding="utf-8"
    )
    assert read_tenant("hall", tmp_path / "tenants") == Tenant("余杭区市场监管局", "余杭找回")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "the file is missing"),
        ("a: [", "cannot be read"),
        ("- 1", "is no list of `name: value`"),
        ("title: 一\n", "name is missing"),
        ("name: ''\n", "name"),
        ("name: 某局\nnmae: 某局\n", "nmae is no setting"),
        ("name: 某局\ntitle: 一二三四五六七八九十一二三四五六七八九十一\n", "title is no text"),
        ("name: 某局\nwebhook_variable: https://host/key\n", "webhook_variable is not the name"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str | None, said: str) -> None:
    folder = tmp_path / "tenants" / "hall"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "tenant.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadTenant) as error:
        read_tenant("hall", tmp_path / "tenants")
    assert str(error.value).startswith("tenants/hall/tenant.yml: ")
    assert said in str(error.value)
