"""Settings: file, environment and flags; what is wrong is said in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from register import Register, run


def settings(folder: Path, text: str) -> Path:
    file = folder / "assay.toml"
    file.write_text(text)
    return file


def test_the_settings_are_shown_with_their_defaults() -> None:
    answer = run("config", "show")
    assert answer.returncode == 0
    assert "127.0.0.1:8080" in answer.stdout
    assert "request_timeout" in answer.stdout


def test_a_good_file_passes_the_check(tmp_path: Path) -> None:
    file = settings(tmp_path, '[gateway]\nlisten = "127.0.0.1:9999"\n')
    assert run("config", "check", "--config", file).returncode == 0
    assert "127.0.0.1:9999" in run("config", "show", "--config", file).stdout


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[gateway]\nlistne = "127.0.0.1:1"\n', "gateway.listen"),
        ('[gatewai]\nlisten = "127.0.0.1:1"\n', "gatewai"),
        ("[gatewayy]\n", "[gateway]"),
        ('[gateway]\npatients_url = "nonsense"\n', "gateway.patients_url"),
        ('data_dir = ""\n', "data_dir"),
        ("[server]\nrequest_timeout = 0\n", "request_timeout"),
        ('[server]\nrequest_timeout = "soon"\n', "request_timeout"),
        ("this is no TOML", "assay.toml"),
    ],
)
def test_a_faulty_file_is_refused_and_names_the_place(tmp_path: Path, text: str, hint: str) -> None:
    answer = run("config", "check", "--config", settings(tmp_path, text))
    assert answer.returncode == 1
    assert answer.stderr.startswith("assay: ")
    assert hint in answer.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for command in (("config", "check"), ("serve",)):
        answer = run(*command, "--config", tmp_path / "nowhere.toml")
        assert answer.returncode == 1
        assert "nowhere.toml" in answer.stderr


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    file = settings(tmp_path, '[gateway]\nlisten = "127.0.0.1:1111"\n')
    answer = run("config", "show", "--config", file, env=os.environ | {"ASSAY_GATEWAY__LISTEN": "127.0.0.1:2222"})
    assert "127.0.0.1:2222" in answer.stdout
    assert "127.0.0.1:1111" not in answer.stdout


def test_an_unknown_setting_of_the_environment_is_refused() -> None:
    answer = run("config", "check", env=os.environ | {"ASSAY_GATEWAY__LISTNE": "127.0.0.1:2222"})
    assert answer.returncode == 1
    assert "ASSAY_GATEWAY__LISTNE" in answer.stderr
    assert "did you mean ASSAY_GATEWAY__LISTEN?" in answer.stderr


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    answer = run("config", "check", "--config", tmp_path)
    assert answer.returncode == 1
    assert str(tmp_path) in answer.stderr


def test_flags_go_over_the_file(new_register, tmp_path: Path) -> None:
    file = settings(tmp_path, f'data_dir = "{tmp_path / "other"}"\n')
    register: Register = new_register("--config", file)
    assert register.program.printed["Data"] == str(register.data)
    assert not (tmp_path / "other").exists()
